using Pomerium.Fast.Compare;

CompareOptions options = CompareOptions.Parse(args);
if (options.Help)
{
    Console.WriteLine(CompareOptions.Usage);
    return 0;
}
if (options.YarpPort is { } port)
{
    await YarpPeer.ServeAsync(port, options);
    return 0;
}
Repository.Enter();
if (options.Peers.Contains("ours", StringComparer.Ordinal))
{
    await Repository.PublishAsync(options.Server);
}
return await Comparison.RunAsync(options);
