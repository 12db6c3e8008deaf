namespace Pomerium.Fast.Server.Demo.DevelopmentApp;

public sealed record ReceivedModel(ReceivedRequest Request, DemoHosts Hosts);
