using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The hidden state between two blocks: text and image apart, or as one sequence.</summary>
internal sealed class HiddenRows
{
    private readonly Tensor? _text;
    private readonly Tensor? _image;
    private readonly Tensor? _sequence;

    /// <summary>The state between double-stream blocks.</summary>
    /// <param name="text">[B*T, H].</param>
    /// <param name="image">[N, H].</param>
    public HiddenRows(Tensor text, Tensor image) => (_text, _image) = (text, image);

    /// <summary>The state between single-stream blocks.</summary>
    /// <param name="sequence">[B*T + N, H], each member's text rows, then its image rows.</param>
    public HiddenRows(Tensor sequence) => _sequence = sequence;

    /// <summary>As one sequence, [B*T + N, H].</summary>
    public Tensor Joined(PassLayout layout)
    {
        if (_sequence is not null)
        {
            return _sequence;
        }

        var parts = new List<Tensor>();
        var next = 0;
        for (var member = 0; member < layout.Members; member++)
        {
            parts.Add(_text!.narrow(0, member * layout.TextTokens, layout.TextTokens));
            parts.Add(_image!.narrow(0, next, layout.ImageRows[member]));
            next += layout.ImageRows[member];
        }

        return cat([.. parts]);
    }

    /// <summary>Text and image apart, [B*T, H] and [N, H].</summary>
    public (Tensor Text, Tensor Image) Split(PassLayout layout)
    {
        if (_sequence is null)
        {
            return (_text!, _image!);
        }

        var (text, image) = (new List<Tensor>(), new List<Tensor>());
        var next = 0;
        foreach (var rows in layout.ImageRows)
        {
            text.Add(_sequence.narrow(0, next, layout.TextTokens));
            image.Add(_sequence.narrow(0, next + layout.TextTokens, rows));
            next += layout.TextTokens + rows;
        }

        return (PassLayout.Packed(text), PassLayout.Packed(image));
    }

    /// <summary>Keeps the state past the end of the current dispose scope.</summary>
    public HiddenRows Keep()
    {
        _text?.MoveToOuterDisposeScope();
        _image?.MoveToOuterDisposeScope();
        _sequence?.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Frees the state.</summary>
    public void Free()
    {
        _text?.Dispose();
        _image?.Dispose();
        _sequence?.Dispose();
    }
}
