namespace Pomerium.Fast.Transport.Loops;

/// <summary>On every connection of this transport: the loop it lives on.</summary>
public interface ILoopFeature
{
    Loop Loop { get; }
}
