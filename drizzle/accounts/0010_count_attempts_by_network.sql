ALTER TABLE "accounts"."sign_in_attempt" ADD COLUMN "network" text DEFAULT '-' NOT NULL;--> statement-breakpoint
CREATE INDEX "sign_in_attempt_network_idx" ON "accounts"."sign_in_attempt" USING btree ("network","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "sign_in_attempt_at_idx" ON "accounts"."sign_in_attempt" USING btree ("at");