/** Settings of the stack for clients that all have the same address: none of its limits for one address. */
export const WITHOUT_QUOTAS = {
  NGINX_CONNECTION_LIMIT: 'off',
  CLIENT_REQUEST_LIMIT: 'off',
  CLIENT_UPLOAD_LIMIT: 'off',
  CLIENT_STREAM_LIMIT: 'off',
  LOG_LINES_PER_CLIENT: 'off',
};
