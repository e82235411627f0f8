// The story, told by the client in Go that swagger-codegen 3 writes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	swagger "hydra.example/client"

	"github.com/antihax/optional"
)

func main() {
	configuration := swagger.NewConfiguration()
	configuration.BasePath = os.Getenv("HYDRA_URL")
	api := swagger.NewAPIClient(configuration).OAuth2Api

	byPassword := context.WithValue(context.Background(), swagger.ContextBasicAuth, swagger.BasicAuth{
		UserName: os.Getenv("HYDRA_CLIENT_ID"),
		Password: os.Getenv("HYDRA_CLIENT_SECRET"),
	})
	answer, _, err := api.OauthToken(byPassword, &swagger.OAuth2ApiOauthTokenOpts{
		GrantType: optional.NewString("client_credentials"),
		Scope:     optional.NewString("hydra.clients"),
	})
	must(err)

	byToken := context.WithValue(context.Background(), swagger.ContextAccessToken, answer.AccessToken)
	created, _, err := api.CreateOAuth2Client(byToken, swagger.OAuth2Client{ClientName: "Story", Scope: "photos"})
	must(err)
	introspection, _, err := api.IntrospectOAuth2Token(byPassword, answer.AccessToken, "", "")
	must(err)
	_, err = api.DeleteOAuth2Client(byToken, created.Id)
	must(err)
	_, response, err := api.GetOAuth2Client(byToken, created.Id)
	if err == nil {
		log.Fatal("the client is still there")
	}

	told, err := json.Marshal(map[string]any{
		"name":   created.ClientName,
		"active": introspection.Active,
		"client": introspection.ClientId,
		"after":  response.StatusCode,
	})
	must(err)
	fmt.Println(string(told))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
