using Pomerium.Fast.Server.Commands;

return await CommandLine.RunAsync(args);
