using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Gives a step the templates' rows, and hears how far it is: what a device streams through.</summary>
/// <remarks>
/// Called on the thread that runs the step. Each method blocks until the rows of the whole batch have arrived, packed member by member in the order of
/// the batch. Which rows are asked for, in which order, is <see cref="RowLoads.Order"/>. Tensors stay the giver's: the step neither changes nor
/// disposes them, and reads them only until <see cref="Released"/>.
/// </remarks>
public interface ITemplateRows
{
    /// <summary>The unmasked rows of a block, each member's at its own step; called right before the block needs them.</summary>
    /// <param name="block">The block: from 1 for rows of its input, from 0 for its keys and values.</param>
    /// <returns>[sum of u, ...], as they are stored (<see cref="TemplateRecording.Rows"/>), on the model's device.</returns>
    Tensor Unmasked(int block);

    /// <summary>The other rows of a block's input (text, then masked tokens), needed to resume the templates' own computation.</summary>
    /// <param name="block">The block, from 1.</param>
    /// <returns>[sum of (T + m), ...], as they are stored, on the model's device.</returns>
    Tensor Resume(int block);

    /// <summary>The rows of a block, unmasked and resume, will not be read again in this step: their memory may be reused.</summary>
    /// <param name="block">The block, from 0; called once for each, in order.</param>
    void Released(int block);

    /// <summary>The computation of a block has finished.</summary>
    /// <param name="block">The block, from 0; called once for each, in order.</param>
    void Finished(int block);
}
