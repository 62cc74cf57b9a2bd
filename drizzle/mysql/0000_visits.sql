CREATE TABLE IF NOT EXISTS `access_log` (
	`number` bigint unsigned NOT NULL,
	`request_id` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`time` datetime(3) NOT NULL,
	`client_ip` varchar(45) NOT NULL,
	`server_ip` varchar(45) NOT NULL,
	`sid` varchar(64) NOT NULL,
	CONSTRAINT `access_log_number` PRIMARY KEY(`number`),
	CONSTRAINT `access_log_request_id` UNIQUE(`request_id`)
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `global_counter` (
	`id` tinyint unsigned NOT NULL,
	`value` bigint unsigned NOT NULL,
	CONSTRAINT `global_counter_id` PRIMARY KEY(`id`),
	CONSTRAINT `global_counter_one_row` CHECK(id = 1)
);
