/** Variables for an edge whose clients all have the same address, for example on one machine. */
export const NO_CLIENT_LIMITS = { CLIENT_REQUEST_LIMIT: 'off', CLIENT_UPLOAD_LIMIT: 'off', CLIENT_STREAM_LIMIT: 'off' };
