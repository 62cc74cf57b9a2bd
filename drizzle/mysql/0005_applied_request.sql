CREATE TABLE IF NOT EXISTS `applied_request` (
	`key_hash` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`applied_at` datetime(3) NOT NULL,
	CONSTRAINT `applied_request_key_hash` PRIMARY KEY(`key_hash`),
	INDEX `applied_request_applied_at` (`applied_at`)
);
