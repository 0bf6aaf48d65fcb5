CREATE SEQUENCE "example"."stream_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "example"."inbox" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "example"."note" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "example"."outbox" (
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
CREATE TABLE "example"."outbox_aggregate" (
	"aggregate_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "example"."outbox_lease" (
	"partition" smallint PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"fence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "example"."tenancy" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "inbox_received_idx" ON "example"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "note_organisation_idx" ON "example"."note" USING btree ("organisation_id","created_at","id");--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "example"."outbox" USING btree ("partition","id") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_aggregate_waiting_idx" ON "example"."outbox" USING btree ("aggregate_id","aggregate_version") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_stream_idx" ON "example"."outbox" USING btree ("stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_topic_idx" ON "example"."outbox" USING btree ("topic","stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_delivered_idx" ON "example"."outbox" USING btree ("delivered_at");--> statement-breakpoint
CREATE INDEX "tenancy_version_idx" ON "example"."tenancy" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "tenancy_path_idx" ON "example"."tenancy" USING btree (path collate "C");