# As Faraday, which plaid-ruby uses, does it: the proxy that the environment
# names for this address, with its user and password.
require 'json'
require 'net/http'

uri = URI('https://sandbox.plaid.com/session/token/create')
proxy = uri.find_proxy
http = Net::HTTP.new(uri.host, uri.port, proxy.host, proxy.port, proxy.user, proxy.password)
http.use_ssl = true
body = {
  client_id: ENV.fetch('PLAID_CLIENT_ID'), secret: ENV.fetch('PLAID_SECRET'),
  template_id: ENV.fetch('LAYER_TEMPLATE_ID'), user: { client_user_id: 'user-1' }
}
puts http.post(uri.path, JSON.generate(body), 'Content-Type' => 'application/json').body
