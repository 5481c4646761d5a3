// The library of Standard Webhooks for JavaScript, as a receiver uses it.
//
//   {"do": "verify", "secret": TEXT, "headers": {NAME: TEXT}, "body": TEXT}
//     -> {"verified": BOOL, "detail": TEXT}
import {Webhook, WebhookVerificationError} from 'standardwebhooks';
import {serve} from './lines.mjs';

serve({
  verify({secret, headers, body}) {
    try {
      new Webhook(secret).verify(body, headers);
      return {verified: true, detail: ''};
    } catch(error) {
      if(error instanceof WebhookVerificationError) {
        return {verified: false, detail: error.message};
      }
      throw error;
    }
  },
});
