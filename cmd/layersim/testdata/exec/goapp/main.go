// An app in Go with the official SDK, pointed at Plaid's Sandbox.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/plaid/plaid-go/v42/plaid"
)

func main() {
	config := plaid.NewConfiguration()
	config.AddDefaultHeader("PLAID-CLIENT-ID", os.Getenv("PLAID_CLIENT_ID"))
	config.AddDefaultHeader("PLAID-SECRET", os.Getenv("PLAID_SECRET"))
	config.UseEnvironment(plaid.Sandbox)
	request := plaid.NewSessionTokenCreateRequest(os.Getenv("LAYER_TEMPLATE_ID"))
	request.SetUser(plaid.SessionTokenCreateRequestUser{ClientUserId: "user-1"})
	answer, _, err := plaid.NewAPIClient(config).PlaidApi.SessionTokenCreate(context.Background()).SessionTokenCreateRequest(*request).Execute()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	link := answer.GetLink()
	fmt.Println(link.GetLinkToken())
}
