namespace Pomerium.Fast.Transport.Pipes;

/// <summary>The connection whose end a pipe is.</summary>
internal interface IPipeOwner
{
    /// <summary>Bytes or the end were written.</summary>
    void OnPipeWritten();

    /// <summary>The far side of the pipe failed rather than ended.</summary>
    void OnPipeBroken();
}
