// What Plaid's quickstart does in Node: the official SDK, pointed at Sandbox.
const { Configuration, PlaidApi, PlaidEnvironments } = require('plaid');

const plaid = new PlaidApi(
  new Configuration({
    basePath: PlaidEnvironments[process.env.PLAID_ENV],
    baseOptions: { headers: { 'PLAID-CLIENT-ID': process.env.PLAID_CLIENT_ID, 'PLAID-SECRET': process.env.PLAID_SECRET } },
  }),
);

plaid
  .sessionTokenCreate({ template_id: process.env.LAYER_TEMPLATE_ID, user: { client_user_id: 'user-1' } })
  .then(({ data }) => console.log(data.link.link_token))
  .catch((error) => {
    console.error(error.message, error.response && error.response.data);
    process.exitCode = 3;
  });
