/** The little of Node's events that the types of the MySQL driver are built on; workerd has it by `nodejs_compat`. */
declare module 'events' {
  export class EventEmitter {
    on(event: string, listener: (...args: never[]) => void): this;
  }
}
