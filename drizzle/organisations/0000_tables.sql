CREATE SEQUENCE "organisations"."stream_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "organisations"."tree_version" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "organisations"."audit_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text,
	"action" text NOT NULL,
	"resource" text NOT NULL,
	"resource_id" text,
	"before" jsonb,
	"after" jsonb,
	"outcome" text NOT NULL,
	"problem" text,
	"subgraph" text NOT NULL,
	"address" text,
	"user_agent" text,
	"request_id" text,
	"occurrences" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisations"."inbox" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisations"."membership" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"invited_by" uuid,
	"joined_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "membership_user_key" UNIQUE("user_id"),
	CONSTRAINT "membership_organisation_key" UNIQUE("organisation_id","id")
);
--> statement-breakpoint
CREATE TABLE "organisations"."membership_role" (
	"organisation_id" uuid NOT NULL,
	"membership_id" uuid NOT NULL,
	"role_id" uuid NOT NULL,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"granted_by" text NOT NULL,
	CONSTRAINT "membership_role_membership_id_role_id_pk" PRIMARY KEY("membership_id","role_id")
);
--> statement-breakpoint
CREATE TABLE "organisations"."organisation" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"own_status" text DEFAULT 'ACTIVE' NOT NULL,
	"status_reason" text,
	"depth" smallint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "organisation_name_check" CHECK (length(trim(name)) between 1 and 120),
	CONSTRAINT "organisation_depth_check" CHECK (depth between 0 and 8),
	CONSTRAINT "organisation_kind_check" CHECK (kind in ('INTERNAL', 'RESELLER', 'CUSTOMER')),
	CONSTRAINT "organisation_root_check" CHECK ((kind = 'INTERNAL') = (parent_id is null)),
	CONSTRAINT "organisation_status_check" CHECK (own_status in ('ACTIVE', 'SUSPENDED', 'CLOSED'))
);
--> statement-breakpoint
CREATE TABLE "organisations"."outbox" (
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
CREATE TABLE "organisations"."outbox_aggregate" (
	"aggregate_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisations"."outbox_lease" (
	"partition" smallint PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"fence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisations"."tenancy" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organisations"."membership" ADD CONSTRAINT "membership_organisation_id_organisation_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "organisations"."organisation"("organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisations"."membership_role" ADD CONSTRAINT "membership_role_membership_fk" FOREIGN KEY ("organisation_id","membership_id") REFERENCES "organisations"."membership"("organisation_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisations"."organisation" ADD CONSTRAINT "organisation_parent_fk" FOREIGN KEY ("parent_id") REFERENCES "organisations"."organisation"("organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entry_organisation_idx" ON "organisations"."audit_entry" USING btree ("organisation_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entry_at_idx" ON "organisations"."audit_entry" USING btree ("at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entry_actor_idx" ON "organisations"."audit_entry" USING btree ("actor_id","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entry_resource_idx" ON "organisations"."audit_entry" USING btree ("resource","resource_id","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "inbox_received_idx" ON "organisations"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "membership_joined_idx" ON "organisations"."membership" USING btree ("organisation_id","joined_at","id");--> statement-breakpoint
CREATE INDEX "membership_role_role_idx" ON "organisations"."membership_role" USING btree ("role_id","organisation_id");--> statement-breakpoint
CREATE INDEX "organisation_parent_idx" ON "organisations"."organisation" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "organisation_name_idx" ON "organisations"."organisation" USING btree ("name","organisation_id");--> statement-breakpoint
CREATE INDEX "organisation_created_idx" ON "organisations"."organisation" USING btree ("created_at","organisation_id");--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "organisations"."outbox" USING btree ("partition","id") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_aggregate_waiting_idx" ON "organisations"."outbox" USING btree ("aggregate_id","aggregate_version") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_stream_idx" ON "organisations"."outbox" USING btree ("stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_topic_idx" ON "organisations"."outbox" USING btree ("topic","stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_delivered_idx" ON "organisations"."outbox" USING btree ("delivered_at");--> statement-breakpoint
CREATE INDEX "tenancy_version_idx" ON "organisations"."tenancy" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "tenancy_path_idx" ON "organisations"."tenancy" USING btree (path collate "C");