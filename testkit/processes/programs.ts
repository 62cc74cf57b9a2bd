/** Names of the browsers that the pages are tested in; one is enough. */
export const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

/** Names of the database servers that tests start themselves; one is enough. */
export const MYSQL_SERVERS = ['mysqld', 'mariadbd'] as const;
