CREATE TABLE IF NOT EXISTS `session` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`data` text NOT NULL,
	`recent_changes` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `session_expires_at` ON `session` (`expires_at`);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `ended_session` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`ended_by` text NOT NULL,
	`successor` text,
	`ended_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS `ended_session_ended_at` ON `ended_session` (`ended_at`);
