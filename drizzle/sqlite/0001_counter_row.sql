INSERT OR IGNORE INTO `global_counter` (`id`, `value`) VALUES (1, 0);
