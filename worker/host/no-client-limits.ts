/** Variables for an edge that all clients reach from one address, as on one machine. */
export const NO_CLIENT_LIMITS = { CLIENT_REQUEST_LIMIT: 'off', CLIENT_UPLOAD_LIMIT: 'off', CLIENT_STREAM_LIMIT: 'off' };
