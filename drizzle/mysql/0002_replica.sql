CREATE TABLE IF NOT EXISTS `replica` (
	`sid` varchar(64) NOT NULL,
	`address` varchar(64) NOT NULL,
	`version` varchar(32) NOT NULL,
	`state` varchar(16) NOT NULL,
	`started_at` datetime(3) NOT NULL,
	`seen_at` datetime(3) NOT NULL,
	`figures` json NOT NULL,
	CONSTRAINT `replica_sid` PRIMARY KEY(`sid`)
);
