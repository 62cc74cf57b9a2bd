CREATE TABLE IF NOT EXISTS `access_log` (
	`number` integer PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`time` integer NOT NULL,
	`client_ip` text NOT NULL,
	`server_ip` text NOT NULL,
	`sid` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX IF NOT EXISTS `access_log_request_id` ON `access_log` (`request_id`);--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `global_counter` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` integer NOT NULL,
	CONSTRAINT "global_counter_one_row" CHECK(id = 1)
);
