CREATE TABLE IF NOT EXISTS `replica` (
	`sid` text PRIMARY KEY NOT NULL,
	`address` text NOT NULL,
	`version` text NOT NULL,
	`state` text NOT NULL,
	`started_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`figures` text NOT NULL
);
