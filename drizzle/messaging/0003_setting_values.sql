CREATE TABLE "messaging"."setting_value" (
	"organisation_id" uuid NOT NULL,
	"key" text NOT NULL,
	"is_set" boolean NOT NULL,
	"value" jsonb,
	"sealed" "bytea",
	"key_id" text,
	"version" bigint NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"changed_by" uuid,
	CONSTRAINT "setting_value_organisation_id_key_pk" PRIMARY KEY("organisation_id","key"),
	CONSTRAINT "setting_value_one_form_check" CHECK (sealed is null or value is null),
	CONSTRAINT "setting_value_sealed_check" CHECK ((sealed is null) = (key_id is null))
);
