// Real processes on few cores: one after the other, so that none is measured or timed while another starts.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
