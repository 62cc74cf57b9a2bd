CREATE INDEX IF NOT EXISTS `access_log_time` ON `access_log` (`time`);
--> statement-breakpoint
-- From now on the database's clock dates the rows. Replicas dated them until here, and a clock that was ahead kept rows for too long.
UPDATE `access_log` SET `time` = cast(unixepoch('subsec') * 1000 as integer) WHERE `time` > unixepoch('subsec') * 1000;
