CREATE TABLE IF NOT EXISTS `shop_order` (
	`cart_id` text(36) PRIMARY KEY NOT NULL,
	`items` text NOT NULL,
	`cents` integer NOT NULL,
	`placed_at` integer NOT NULL,
	CONSTRAINT "shop_order_cart_id_length" CHECK(length("cart_id") <= 36)
);
