CREATE TABLE "organisations"."role" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"permissions" text[] NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "role_organisation_key" UNIQUE("organisation_id","id"),
	CONSTRAINT "role_name_check" CHECK (length(trim(name)) between 1 and 60),
	CONSTRAINT "role_description_check" CHECK (length(description) <= 300),
	CONSTRAINT "role_permissions_check" CHECK (cardinality(permissions) between 1 and 200),
	CONSTRAINT "role_id_check" CHECK (id > '01900000-0000-7000-8000-0000000000ff')
);
--> statement-breakpoint
ALTER TABLE "organisations"."membership_role" ADD COLUMN "own_role_id" uuid GENERATED ALWAYS AS (case when role_id > '01900000-0000-7000-8000-0000000000ff' then role_id end) STORED;--> statement-breakpoint
ALTER TABLE "organisations"."role" ADD CONSTRAINT "role_organisation_id_organisation_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "organisations"."organisation"("organisation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "role_name_key" ON "organisations"."role" USING btree ("organisation_id",lower(name));--> statement-breakpoint
ALTER TABLE "organisations"."membership_role" ADD CONSTRAINT "membership_role_role_fk" FOREIGN KEY ("organisation_id","own_role_id") REFERENCES "organisations"."role"("organisation_id","id") ON DELETE no action ON UPDATE no action;