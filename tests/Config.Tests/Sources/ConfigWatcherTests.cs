using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests.Sources;

/// <summary>Live reload (config spec 1.9) by hand-made looks at the files; nothing here waits.</summary>
public sealed class ConfigWatcherTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("watch");
    private readonly List<LoadResult> _loaded = [];
    private ConfigWatcher? _watcher;

    [Fact]
    public void Changed_content_is_loaded_when_it_is_at_rest()
    {
        Watch("address: :1");
        Write("c.yaml", "address: :2");
        Assert.Equal(PollOutcome.Settling, _watcher!.Poll(full: true));
        Assert.Empty(_loaded);
        Write("c.yaml", "address: :3");
        Assert.Equal(PollOutcome.Settling, _watcher.Poll(full: true));
        Assert.Equal(PollOutcome.Loaded, _watcher.Poll(full: true));
        Assert.Equal(3, Assert.Single(_loaded).Snapshot!.Server.Address.Port);
        Assert.Equal(PollOutcome.Unchanged, _watcher.Poll(full: true));
    }

    [Fact]
    public void Change_between_the_load_and_the_watch_is_noticed()
    {
        Write("c.yaml", "address: :1");
        ConfigSources sources = new() { FilePath = At("c.yaml") };
        LoadResult first = ConfigLoader.Load(sources);
        Write("c.yaml", "address: :2");
        _watcher = new ConfigWatcher(sources, first, _loaded.Add);
        Settle();
        Assert.Equal(2, Assert.Single(_loaded).Snapshot!.Server.Address.Port);
    }

    [Fact]
    public void Touch_without_new_content_changes_nothing()
    {
        Watch("address: :1");
        File.SetLastWriteTimeUtc(At("c.yaml"), DateTime.UnixEpoch);
        Assert.Equal(PollOutcome.Unchanged, _watcher!.Poll(full: false));
        Assert.Equal(PollOutcome.Unchanged, _watcher.Poll(full: true));
    }

    [Fact]
    public void Replacement_by_rename_is_noticed()
    {
        Watch("address: :1");
        Write("c.tmp", "address: :2");
        File.Move(At("c.tmp"), At("c.yaml"), overwrite: true);
        Settle();
        Assert.Equal(2, Assert.Single(_loaded).Snapshot!.Server.Address.Port);
    }

    [Fact]
    public void Swapped_link_of_a_mounted_secret_is_noticed()
    {
        Directory.CreateDirectory(At("..one"));
        Directory.CreateDirectory(At("..two"));
        Write("..one/secret", "one");
        Write("..two/secret", "two");
        Directory.CreateSymbolicLink(At("..data"), "..one");
        File.CreateSymbolicLink(At("secret"), "..data/secret");
        Watch($"idp_client_secret_file: {At("secret")}");
        Directory.CreateSymbolicLink(At("..tmp"), "..two");
        Rename(At("..tmp"), At("..data"));
        Settle();
        Assert.Equal("two", Assert.Single(_loaded).Snapshot!.Identity.Provider.ClientSecret);
    }

    [Fact]
    public void Deleted_file_is_reported_and_its_return_is_loaded()
    {
        Watch("address: :1");
        File.Delete(At("c.yaml"));
        Settle();
        Assert.True(Assert.Single(_loaded).Has("unreadable-file"));
        Write("c.yaml", "address: :2");
        Settle();
        Assert.Equal(2, _loaded[1].Snapshot!.Server.Address.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    public void Empty_file_in_mid_life_is_refused(string text)
    {
        Watch("address: :1");
        Write("c.yaml", text);
        Settle();
        Assert.Null(Assert.Single(_loaded).Snapshot);
        Assert.Equal(Severity.Error, _loaded[0].Single("empty-file").Severity);
    }

    [Fact]
    public void Bad_configuration_is_reported_and_mending_the_file_it_names_is_noticed()
    {
        Write("secret", "first");
        Watch("address: :1");
        Write("c.yaml", $"cookie_secret_file: {At("secret")}");
        Settle();
        Assert.Null(Assert.Single(_loaded).Snapshot);
        Write("secret", Convert.ToBase64String(new byte[32]));
        Settle();
        Assert.NotNull(_loaded[1].Snapshot);
    }

    [Fact]
    public void Referenced_file_is_read_again()
    {
        Write("secret", "one");
        Watch($"idp_client_secret_file: {At("secret")}");
        Write("secret", "two\n");
        Settle();
        Assert.Equal("two", Assert.Single(_loaded).Snapshot!.Identity.Provider.ClientSecret);
    }

    [Fact]
    public void Without_hot_reload_only_a_signal_loads()
    {
        Watch("runtime_flags: {config_hot_reload: false}");
        Write("c.yaml", "address: :2");
        Assert.Equal(PollOutcome.Unchanged, _watcher!.Poll(full: true));
        Assert.Equal(2, _watcher.Reload().Snapshot!.Server.Address.Port);
        Assert.Single(_loaded);
        Write("c.yaml", "address: :3");
        Settle();
        Assert.Equal(3, _loaded[1].Snapshot!.Server.Address.Port);
    }

    [Fact]
    public void Generated_secret_survives_a_reload()
    {
        Watch("address: :1");
        byte[] before = _watcher!.Reload().Snapshot!.Secrets.SharedSecret.ToArray();
        Assert.Equal(before, _watcher.Reload().Snapshot!.Secrets.SharedSecret.ToArray());
    }

    [Fact]
    public async Task Events_of_the_folder_lead_to_a_load()
    {
        TaskCompletionSource<LoadResult> loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Write("c.yaml", "address: :1");
        ConfigSources sources = new() { FilePath = At("c.yaml") };
        using ConfigWatcher watcher = new(sources, ConfigLoader.Load(sources), loaded.SetResult);
        watcher.Start();
        Write("c.yaml", "address: :2");
        LoadResult result = await loaded.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(2, result.Snapshot!.Server.Address.Port);
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Watch(string text)
    {
        Write("c.yaml", text);
        ConfigSources sources = new() { FilePath = At("c.yaml") };
        LoadResult current = ConfigLoader.Load(sources);
        Assert.Equal([], current.Of(Severity.Error));
        _watcher = new ConfigWatcher(sources, current, _loaded.Add);
    }

    private void Settle()
    {
        Assert.Equal(PollOutcome.Settling, _watcher!.Poll(full: true));
        Assert.Equal(PollOutcome.Loaded, _watcher.Poll(full: true));
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);

    /// <summary>Over an existing link, in one step, as a mount does it.</summary>
    private static void Rename(string from, string to)
    {
        File.Delete(to);
        Directory.Move(from, to);
    }
}
