/** The part of Node's events that the types of the MySQL driver need; workerd provides it with `nodejs_compat`. */
declare module 'events' {
  export class EventEmitter {
    on(event: string, listener: (...args: never[]) => void): this;
    once(event: string, listener: (...args: never[]) => void): this;
  }
}
