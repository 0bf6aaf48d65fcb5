CREATE SEQUENCE "telemetry"."stream_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "telemetry"."hypervisor_room" (
	"is_only" boolean PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."inbox" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."organisation_funds" (
	"wallet_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"is_out" boolean NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partition" smallint NOT NULL,
	"type" text NOT NULL,
	"aggregate_id" uuid NOT NULL,
	"aggregate_version" bigint NOT NULL,
	"organisation_id" uuid,
	"payload" jsonb NOT NULL,
	"sealed" "bytea",
	"topic" text,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"error" text,
	"parked_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"stream_seq" bigint
);
--> statement-breakpoint
CREATE TABLE "telemetry"."outbox_aggregate" (
	"aggregate_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."outbox_lease" (
	"partition" smallint PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"fence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."power_request" (
	"organisation_id" uuid NOT NULL,
	"key" text NOT NULL,
	"digest" text NOT NULL,
	"outcomes" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "power_request_pkey" PRIMARY KEY("organisation_id","key")
);
--> statement-breakpoint
CREATE TABLE "telemetry"."provisioning" (
	"order_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"state" text NOT NULL,
	"percent" integer DEFAULT 0 NOT NULL,
	"message" text NOT NULL,
	"machine" jsonb,
	"start_before" timestamp (3) with time zone,
	"vm_id" uuid,
	"placed_at" timestamp (3) with time zone NOT NULL,
	"cancel_requested_at" timestamp (3) with time zone,
	"ending" text,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"failure_reason" text,
	CONSTRAINT "provisioning_percent_check" CHECK (percent between 0 and 100),
	CONSTRAINT "provisioning_end_check" CHECK ((state in ('RUNNING', 'FAILED', 'CANCELLED')) = (finished_at is not null))
);
--> statement-breakpoint
CREATE TABLE "telemetry"."simulated_machine" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"name" text NOT NULL,
	"vcpus" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"booted_at" timestamp (3) with time zone,
	"is_on" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."tenancy" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."turn" (
	"name" text PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."vm" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"state_reason" text,
	"state_changed_at" timestamp (3) with time zone NOT NULL,
	"suspended_for" text,
	"image" text NOT NULL,
	"vcpus" integer NOT NULL,
	"memory_bytes" bigint NOT NULL,
	"disks" jsonb NOT NULL,
	"storage_bytes" bigint NOT NULL,
	"addresses" text[] NOT NULL,
	"labels" jsonb NOT NULL,
	"external_ids" text[] DEFAULT '{}' NOT NULL,
	"order_id" uuid,
	"reboot_requested_at" timestamp (3) with time zone,
	"is_host" boolean DEFAULT false NOT NULL,
	"profile" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "vm_order_key" UNIQUE("order_id"),
	CONSTRAINT "vm_organisation_id_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "vm_state_check" CHECK (state in ('PROVISIONING', 'RUNNING', 'STOPPED', 'SUSPENDED', 'FAILED', 'DELETED')),
	CONSTRAINT "vm_suspended_check" CHECK ((state = 'SUSPENDED') = (suspended_for is not null)),
	CONSTRAINT "vm_deleted_check" CHECK ((state = 'DELETED') = (deleted_at is not null)),
	CONSTRAINT "vm_size_check" CHECK (vcpus > 0 and memory_bytes > 0)
);
--> statement-breakpoint
CREATE TABLE "telemetry"."vm_health" (
	"vm_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"score" integer NOT NULL,
	"reasons" jsonb NOT NULL,
	"cpu_average" double precision,
	"memory_average" double precision,
	"cpu_course" real[] NOT NULL,
	"memory_course" real[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "telemetry"."vm_latest" (
	"vm_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"arrived_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"cpu_percent" double precision,
	"memory_used_bytes" bigint,
	"memory_total_bytes" bigint,
	"disk_used_bytes" bigint,
	"disk_total_bytes" bigint,
	"disk_read_rate" double precision,
	"disk_write_rate" double precision,
	"network_in_rate" double precision,
	"network_out_rate" double precision,
	"load" double precision,
	"uptime_seconds" bigint
);
--> statement-breakpoint
ALTER TABLE "telemetry"."provisioning" ADD CONSTRAINT "provisioning_vm_fk" FOREIGN KEY ("organisation_id","vm_id") REFERENCES "telemetry"."vm"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "telemetry"."vm_health" ADD CONSTRAINT "vm_health_vm_fk" FOREIGN KEY ("organisation_id","vm_id") REFERENCES "telemetry"."vm"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "telemetry"."vm_latest" ADD CONSTRAINT "vm_latest_vm_fk" FOREIGN KEY ("organisation_id","vm_id") REFERENCES "telemetry"."vm"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "inbox_received_idx" ON "telemetry"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "organisation_funds_organisation_idx" ON "telemetry"."organisation_funds" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "telemetry"."outbox" USING btree ("partition","id") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_aggregate_waiting_idx" ON "telemetry"."outbox" USING btree ("aggregate_id","aggregate_version") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_stream_idx" ON "telemetry"."outbox" USING btree ("stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_topic_idx" ON "telemetry"."outbox" USING btree ("topic","stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_delivered_idx" ON "telemetry"."outbox" USING btree ("delivered_at");--> statement-breakpoint
CREATE INDEX "power_request_created_idx" ON "telemetry"."power_request" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "provisioning_organisation_idx" ON "telemetry"."provisioning" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "provisioning_open_idx" ON "telemetry"."provisioning" USING btree ("placed_at") WHERE finished_at is null;--> statement-breakpoint
CREATE INDEX "tenancy_version_idx" ON "telemetry"."tenancy" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "tenancy_path_idx" ON "telemetry"."tenancy" USING btree (path collate "C");--> statement-breakpoint
CREATE INDEX "vm_organisation_idx" ON "telemetry"."vm" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "vm_created_idx" ON "telemetry"."vm" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "vm_changed_idx" ON "telemetry"."vm" USING btree ("state_changed_at");