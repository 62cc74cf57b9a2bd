CREATE TABLE IF NOT EXISTS `shop_order` (
	`cart_id` varchar(36) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`items` text character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`cents` bigint NOT NULL,
	`placed_at` bigint NOT NULL,
	CONSTRAINT `shop_order_cart_id` PRIMARY KEY(`cart_id`)
);
