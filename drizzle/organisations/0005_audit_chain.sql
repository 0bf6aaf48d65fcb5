CREATE TABLE "organisations"."audit_alarm" (
	"organisation_id" uuid NOT NULL,
	"pattern" text NOT NULL,
	"subject" text NOT NULL,
	"raised_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_alarm_organisation_id_pattern_subject_pk" PRIMARY KEY("organisation_id","pattern","subject")
);
--> statement-breakpoint
CREATE TABLE "organisations"."audit_anchor" (
	"organisation_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"signature" "bytea" NOT NULL,
	CONSTRAINT "audit_anchor_organisation_id_position_pk" PRIMARY KEY("organisation_id","position")
);
--> statement-breakpoint
CREATE TABLE "organisations"."audit_checkpoint" (
	"organisation_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"signature" "bytea" NOT NULL,
	CONSTRAINT "audit_checkpoint_organisation_id_position_pk" PRIMARY KEY("organisation_id","position")
);
--> statement-breakpoint
CREATE TABLE "organisations"."audit_link" (
	"organisation_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"entry_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_link_organisation_id_position_pk" PRIMARY KEY("organisation_id","position")
);
--> statement-breakpoint
CREATE TABLE "organisations"."audit_unsealed" (
	"organisation_id" uuid NOT NULL,
	"entry_id" uuid PRIMARY KEY NOT NULL,
	"arrival" bigint GENERATED ALWAYS AS IDENTITY (sequence name "organisations"."audit_unsealed_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1)
);
--> statement-breakpoint
CREATE TABLE "organisations"."audit_verification" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"checked_at" timestamp (3) with time zone,
	"intact" boolean,
	"entries_checked" bigint,
	"first_broken_entry_id" uuid,
	"missing_tail" bigint
);
--> statement-breakpoint
DROP INDEX "organisations"."audit_entry_actor_idx";--> statement-breakpoint
DROP INDEX "organisations"."audit_entry_resource_idx";--> statement-breakpoint
CREATE UNIQUE INDEX "audit_link_entry_idx" ON "organisations"."audit_link" USING btree ("entry_id");--> statement-breakpoint
CREATE INDEX "audit_unsealed_arrival_idx" ON "organisations"."audit_unsealed" USING btree ("arrival");--> statement-breakpoint
CREATE INDEX "audit_entry_person_idx" ON "organisations"."audit_entry" USING btree ("actor_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entry_thing_idx" ON "organisations"."audit_entry" USING btree ("resource_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entry_kind_idx" ON "organisations"."audit_entry" USING btree ("resource","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entry_action_idx" ON "organisations"."audit_entry" USING btree ("action","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entry_security_idx" ON "organisations"."audit_entry" USING btree ("organisation_id","at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE outcome = 'REFUSED' or starts_with(action, 'security:') or action in ('session:reuse', 'user:lockOut', 'user:confirmPassword');--> statement-breakpoint
select set_config('tollgate.path', '/', true);--> statement-breakpoint
insert into "organisations"."audit_unsealed" ("organisation_id", "entry_id") select "organisation_id", "id" from "organisations"."audit_entry" order by "at", "id";--> statement-breakpoint
select set_config('tollgate.path', '', true);
