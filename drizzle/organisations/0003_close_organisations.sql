CREATE TABLE "organisations"."closing" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"state" text DEFAULT 'ASKED' NOT NULL,
	"reason" text NOT NULL,
	"refusal" text,
	"requested_by" uuid,
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"version" bigint,
	CONSTRAINT "closing_state_check" CHECK (state in ('ASKED', 'CLOSED', 'REFUSED')),
	CONSTRAINT "closing_end_check" CHECK ((state = 'ASKED') = (ended_at is null)),
	CONSTRAINT "closing_refusal_check" CHECK ((state = 'REFUSED') = (refusal is not null)),
	CONSTRAINT "closing_version_check" CHECK ((state = 'CLOSED') = (version is not null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "closing_asked_key" ON "organisations"."closing" USING btree ("organisation_id") WHERE state = 'ASKED';--> statement-breakpoint
CREATE INDEX "closing_organisation_idx" ON "organisations"."closing" USING btree ("organisation_id","requested_at");