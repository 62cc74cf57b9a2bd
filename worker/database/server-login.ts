export interface ServerHost {
  host: string;
  port: number;
}

/** Where a MySQL server is, and how to log in. */
export interface ServerLogin extends ServerHost {
  user: string;
  password: string;
  database: string;
  /** The runtime verifies the certificate against its configured CAs. */
  isEncrypted?: boolean;
}

/** The binding of an edge that is not deployed: the replicas' MySQL, with all its hosts. */
export interface DatabaseBinding extends Omit<ServerLogin, keyof ServerHost> {
  hosts: readonly ServerHost[];
}
