// How a cluster wants clients to prove who they are, and what a group of clients has to show.

export interface AccessConfig {
  /** One AUTH token for everybody, the password of the default user. */
  readonly token: boolean;
  /** Users of RBAC, each with its access string taken apart. */
  readonly users: readonly UserConfig[];
  readonly iam: IamConfig;
}

export interface UserConfig {
  readonly name: string;
  readonly rules: readonly string[];
  readonly proof: "password" | "iam";
}

export interface IamConfig {
  /** A token opens connections for so long after it was made. */
  readonly tokenNs: number;
  /** The service closes a connection so long after its last AUTH. */
  readonly connectionNs: number;
}

export interface LoginConfig {
  /** Index into the cluster's users; null: the default user, with the AUTH token. */
  readonly user: number | null;
  /** With IAM: whether a new token is made for each login, or one when the instance starts. */
  readonly freshTokens: boolean;
  /** With IAM: how often an open connection sends AUTH with a new token; Infinity: never. */
  readonly reauthNs: number;
}
