CREATE TABLE IF NOT EXISTS `applied_request` (
	`key_hash` text PRIMARY KEY NOT NULL,
	`applied_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `applied_request_applied_at` ON `applied_request` (`applied_at`);
