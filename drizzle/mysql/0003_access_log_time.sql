-- MySQL has no CREATE INDEX IF NOT EXISTS, and a migration that was interrupted runs again from its start.
SET @create_index = IF(
	EXISTS (SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'access_log' AND index_name = 'access_log_time'),
	'DO 0',
	'CREATE INDEX `access_log_time` ON `access_log` (`time`)'
);
--> statement-breakpoint
PREPARE create_index FROM @create_index;
--> statement-breakpoint
EXECUTE create_index;
--> statement-breakpoint
DEALLOCATE PREPARE create_index;
--> statement-breakpoint
-- From now on the database's clock dates the rows. Replicas dated them until here, and a clock that was ahead kept rows for too long.
UPDATE `access_log` SET `time` = utc_timestamp(3) WHERE `time` > utc_timestamp(3);
