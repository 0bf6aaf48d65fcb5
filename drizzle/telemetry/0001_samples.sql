-- Samples, one partition a day (made and dropped by make_sample_partition and drop_sample_partitions).
-- No foreign key: organisation_id is taken from the machine's own row as a sample is written, and machines are never
-- deleted, so a check per row would cost much and find nothing.
CREATE TABLE "telemetry"."sample" (
	"vm_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	-- The time a sample stands for; what coverage is measured by.
	"interval_seconds" integer NOT NULL,
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
	"uptime_seconds" bigint,
	CONSTRAINT "sample_pkey" PRIMARY KEY ("vm_id", "at"),
	CONSTRAINT "sample_interval_check" CHECK ("interval_seconds" > 0)
) PARTITION BY RANGE ("at");
--> statement-breakpoint
-- Overwritten every few seconds: room on each page lets an update stay where it is.
ALTER TABLE "telemetry"."vm_latest" SET (fillfactor = 60);
