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
return await Comparison.RunAsync(options);
