using System.IO.Pipelines;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>Reading what nobody wants any more, within bounds: the rest of a body, or of a refused peer's bytes. Loop-affine.</summary>
internal sealed class Leftovers(InputWait input, BodyReader body)
{
    private long _left;

    public enum Status : byte
    {
        Wait,

        /// <summary>The body is through; the connection may go on.</summary>
        Done,

        /// <summary>Too much, broken, or ended.</summary>
        GiveUp,
    }

    public void Begin(long bytesMax) => _left = bytesMax;

    /// <summary>The rest of the current body.</summary>
    public Status ReadBody()
    {
        while (true)
        {
            switch (body.TryRead(out ReadOnlyMemory<byte> payload))
            {
                case SourceStatus.Data:
                    _left -= payload.Length;
                    if (_left < 0)
                    {
                        return Status.GiveUp;
                    }
                    break;
                case SourceStatus.Wait:
                    return Status.Wait;
                case SourceStatus.Done:
                    return Status.Done;
                default:
                    return Status.GiveUp;
            }
        }
    }

    /// <summary>
    /// Whatever comes, until the peer ends. Above the limit nothing more is read, but the connection is not closed
    /// before its time either: a close with unread bytes is a reset, which takes the answer away from the peer.
    /// </summary>
    public Status ReadAnything()
    {
        while (_left >= 0 && input.TryRead(out ReadResult read))
        {
            _left -= read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return Status.GiveUp;
            }
        }
        return Status.Wait;
    }
}
