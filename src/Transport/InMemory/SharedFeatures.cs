using System.Collections;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>
/// Features that both ends of an in-memory connection see. The ends may run on different threads, which the stock
/// collection does not bear.
/// </summary>
public sealed class SharedFeatures : IFeatureCollection
{
    private readonly ConcurrentDictionary<Type, object> _features = new();
    private int _revision;

    public bool IsReadOnly => false;
    public int Revision => Volatile.Read(ref _revision);

    public object? this[Type key]
    {
        get => _features.GetValueOrDefault(key);
        set
        {
            if (value is null)
            {
                _features.TryRemove(key, out _);
            }
            else
            {
                _features[key] = value;
            }
            Interlocked.Increment(ref _revision);
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
