CREATE TABLE IF NOT EXISTS `session` (
	`id_hash` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`version` bigint unsigned NOT NULL,
	`data` text character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`recent_changes` text character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `session_id_hash` PRIMARY KEY(`id_hash`),
	INDEX `session_expires_at` (`expires_at`)
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS `ended_session` (
	`id_hash` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`ended_by` varchar(80) character set ascii collate ascii_bin NOT NULL,
	`successor` varchar(64) character set ascii collate ascii_bin,
	`ended_at` datetime(3) NOT NULL,
	CONSTRAINT `ended_session_id_hash` PRIMARY KEY(`id_hash`),
	INDEX `ended_session_ended_at` (`ended_at`)
);
