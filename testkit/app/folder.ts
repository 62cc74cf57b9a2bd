/** The folder of the app that tests, chaos, fuzz and bench run, whatever the project's own list of routes has. */
export const TEST_APP_FOLDER = 'testkit/app';
