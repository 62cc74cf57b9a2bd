import { defineTable } from '../../app/tables/define-table.ts';

/** One row per order. Its key is the cart's id, so that a cart is ordered once. */
export const shopOrder = defineTable('shop_order', ({ text, json, integer, time }) => ({
  cartId: text({ length: 36 }).primaryKey(),
  items: json<Record<string, number>>().notNull(),
  cents: integer().notNull(),
  placedAt: time().notNull(),
}));
