CREATE TABLE "billing"."organisation_name" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" bigint NOT NULL
);
