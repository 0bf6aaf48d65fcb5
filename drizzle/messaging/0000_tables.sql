CREATE SEQUENCE "messaging"."stream_sequence" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "messaging"."contact" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"phone" text NOT NULL,
	"name" text,
	"opted_out" boolean DEFAULT false NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	"cold_since" timestamp (3) with time zone,
	CONSTRAINT "contact_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "contact_phone_key" UNIQUE("organisation_id","phone")
);
--> statement-breakpoint
CREATE TABLE "messaging"."conversation" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"status" text DEFAULT 'OPEN' NOT NULL,
	"unread_count" integer DEFAULT 0 NOT NULL,
	"last_message_id" uuid,
	"last_activity_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "conversation_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "conversation_contact_key" UNIQUE("session_id","contact_id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."idempotency" (
	"organisation_id" uuid NOT NULL,
	"key" text NOT NULL,
	"digest" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_organisation_id_key_pk" PRIMARY KEY("organisation_id","key")
);
--> statement-breakpoint
CREATE TABLE "messaging"."inbox" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."mail" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"recipient" text NOT NULL,
	"display_name" text NOT NULL,
	"locale" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"sealed" "bytea",
	"state" text DEFAULT 'QUEUED' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "messaging"."membership" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"permissions" text[] NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."message" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"direction" text NOT NULL,
	"origin" text NOT NULL,
	"text" text NOT NULL,
	"state" text NOT NULL,
	"failure_reason" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"author_id" uuid,
	"provider_id" text,
	"source_event_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "messaging"."notification" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"source_event_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"link" text,
	"subject_organisation_id" uuid,
	"at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	CONSTRAINT "notification_source_key" UNIQUE("user_id","source_event_id")
);
--> statement-breakpoint
CREATE TABLE "messaging"."outbox" (
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
CREATE TABLE "messaging"."outbox_aggregate" (
	"aggregate_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."outbox_lease" (
	"partition" smallint PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"fence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."person" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"email" text NOT NULL,
	"display_name" text NOT NULL,
	"locale" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."simulated_event" (
	"session_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"kind" text NOT NULL,
	"contact_phone" text NOT NULL,
	"text" text,
	"due_at" timestamp (3) with time zone NOT NULL,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "simulated_event_session_id_message_id_kind_pk" PRIMARY KEY("session_id","message_id","kind")
);
--> statement-breakpoint
CREATE TABLE "messaging"."simulated_phone" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"phone" text NOT NULL,
	"scanned_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."tenancy" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"parent_id" uuid,
	"path" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messaging"."whatsapp_session" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"driver" text NOT NULL,
	"phone" text,
	"goal" text NOT NULL,
	"generation" integer DEFAULT 0 NOT NULL,
	"status" text NOT NULL,
	"status_changed_at" timestamp (3) with time zone NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"failure_reason" text,
	"failure_message" text,
	"connected_at" timestamp (3) with time zone,
	"pairing_phone" text,
	"sealed_code" "bytea",
	"code_expires_at" timestamp (3) with time zone,
	"attempt" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"credentials" "bytea",
	"holder" uuid,
	"lease_until" timestamp (3) with time zone,
	"fence" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "whatsapp_session_organisation_key" UNIQUE("organisation_id","id")
);
--> statement-breakpoint
ALTER TABLE "messaging"."conversation" ADD CONSTRAINT "conversation_organisation_id_session_id_whatsapp_session_organisation_id_id_fk" FOREIGN KEY ("organisation_id","session_id") REFERENCES "messaging"."whatsapp_session"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."conversation" ADD CONSTRAINT "conversation_organisation_id_contact_id_contact_organisation_id_id_fk" FOREIGN KEY ("organisation_id","contact_id") REFERENCES "messaging"."contact"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."message" ADD CONSTRAINT "message_organisation_id_conversation_id_conversation_organisation_id_id_fk" FOREIGN KEY ("organisation_id","conversation_id") REFERENCES "messaging"."conversation"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."simulated_event" ADD CONSTRAINT "simulated_event_organisation_id_session_id_whatsapp_session_organisation_id_id_fk" FOREIGN KEY ("organisation_id","session_id") REFERENCES "messaging"."whatsapp_session"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messaging"."simulated_phone" ADD CONSTRAINT "simulated_phone_organisation_id_session_id_whatsapp_session_organisation_id_id_fk" FOREIGN KEY ("organisation_id","session_id") REFERENCES "messaging"."whatsapp_session"("organisation_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contact_cold_idx" ON "messaging"."contact" USING btree ("organisation_id","cold_since") WHERE cold_since is not null;--> statement-breakpoint
CREATE INDEX "conversation_activity_idx" ON "messaging"."conversation" USING btree ("organisation_id","last_activity_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "conversation_unread_idx" ON "messaging"."conversation" USING btree ("organisation_id") WHERE unread_count > 0;--> statement-breakpoint
CREATE INDEX "idempotency_created_idx" ON "messaging"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_received_idx" ON "messaging"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "mail_queued_idx" ON "messaging"."mail" USING btree ("next_attempt_at") WHERE state = 'QUEUED';--> statement-breakpoint
CREATE INDEX "mail_sent_idx" ON "messaging"."mail" USING btree ("sent_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state = 'SENT';--> statement-breakpoint
CREATE INDEX "mail_created_idx" ON "messaging"."mail" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "membership_organisation_idx" ON "messaging"."membership" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "message_conversation_idx" ON "messaging"."message" USING btree ("conversation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "message_organisation_idx" ON "messaging"."message" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "message_queued_idx" ON "messaging"."message" USING btree ("session_id","created_at","id") WHERE state = 'QUEUED';--> statement-breakpoint
CREATE INDEX "message_failed_idx" ON "messaging"."message" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state = 'FAILED';--> statement-breakpoint
CREATE INDEX "message_unread_idx" ON "messaging"."message" USING btree ("conversation_id") WHERE direction = 'INBOUND' and read_at is null;--> statement-breakpoint
CREATE INDEX "message_sent_idx" ON "messaging"."message" USING btree ("conversation_id","sent_at") WHERE direction = 'OUTBOUND';--> statement-breakpoint
CREATE UNIQUE INDEX "message_provider_key" ON "messaging"."message" USING btree ("session_id","provider_id") WHERE provider_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "message_source_key" ON "messaging"."message" USING btree ("source_event_id") WHERE source_event_id is not null;--> statement-breakpoint
CREATE INDEX "notification_user_idx" ON "messaging"."notification" USING btree ("user_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "notification_unread_idx" ON "messaging"."notification" USING btree ("user_id","at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "notification_organisation_idx" ON "messaging"."notification" USING btree ("organisation_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "notification_at_idx" ON "messaging"."notification" USING btree ("at");--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "messaging"."outbox" USING btree ("partition","id") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_aggregate_waiting_idx" ON "messaging"."outbox" USING btree ("aggregate_id","aggregate_version") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "outbox_stream_idx" ON "messaging"."outbox" USING btree ("stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_topic_idx" ON "messaging"."outbox" USING btree ("topic","stream_seq") WHERE stream_seq is not null;--> statement-breakpoint
CREATE INDEX "outbox_delivered_idx" ON "messaging"."outbox" USING btree ("delivered_at");--> statement-breakpoint
CREATE INDEX "person_organisation_idx" ON "messaging"."person" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "simulated_event_due_idx" ON "messaging"."simulated_event" USING btree ("session_id","due_at");--> statement-breakpoint
CREATE INDEX "simulated_event_organisation_idx" ON "messaging"."simulated_event" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "simulated_phone_organisation_idx" ON "messaging"."simulated_phone" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "tenancy_version_idx" ON "messaging"."tenancy" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "tenancy_path_idx" ON "messaging"."tenancy" USING btree (path collate "C");--> statement-breakpoint
CREATE INDEX "whatsapp_session_organisation_idx" ON "messaging"."whatsapp_session" USING btree ("organisation_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "whatsapp_session_running_idx" ON "messaging"."whatsapp_session" USING btree ("holder") WHERE goal <> 'STOPPED' or holder is not null;