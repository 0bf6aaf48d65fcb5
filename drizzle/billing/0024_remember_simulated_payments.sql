CREATE TABLE "billing"."simulated_memory" (
	"provider" text PRIMARY KEY NOT NULL,
	"books" jsonb NOT NULL,
	"saved_at" timestamp (3) with time zone NOT NULL
);
