import { setting } from '../app/lib/settings.ts';
import { port, textWhere } from '../app/lib/text-format.ts';

/** Where a program finds the replicas. */
export const ORIGIN_HOST = setting(
  textWhere('a host name', (text) => /^[\w.-]+$/.test(text)),
  {
    about: 'The host name that all replicas share.',
    example: 'replica',
    default: 'replica',
  },
);

export const ORIGIN_PORT = setting(port(), {
  about: 'Port the replicas listen on.',
  example: '5000',
  default: 5000,
});
